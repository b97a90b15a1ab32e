"""The page on which a person uses the sandbox: static files and the routes that serve them."""
