"""The words of the domain: frozen values without behaviour that touches the world."""
