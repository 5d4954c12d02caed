"""The review page: what was promised, what is there, what holds; a section a module."""
