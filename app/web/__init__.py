"""Everything that answers HTTP: deliveries from GitHub, what watches the server, and the setting up of the App."""
