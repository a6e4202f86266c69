"""For `scrapy shell` and the like in this checkout: as polite as our crawls, which make their own settings in `crawler/spider.py`."""

BOT_NAME = "firstrung"
ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 2
DOWNLOAD_MAXSIZE = 8 * 1024 * 1024
DOWNLOAD_VERIFY_CERTIFICATES = True
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
