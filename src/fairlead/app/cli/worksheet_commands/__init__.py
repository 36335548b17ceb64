"""The subcommands of ``fairlead worksheet``, one module each, loaded when called."""
