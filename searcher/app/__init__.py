"""The use cases, each in a module of its own: what the commands, the web page and agents do alike."""
