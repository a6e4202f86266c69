"""The Scrapy project: reads public job boards, politely, and says how far it got. It stores nothing and judges nothing."""
