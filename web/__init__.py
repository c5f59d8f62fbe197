"""The outermost room: routes, sign-in, settings, the command line and the embedded servers."""
