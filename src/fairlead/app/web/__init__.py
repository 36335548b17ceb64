"""The pages: rendered on the server, readable without JavaScript, made live by a little of it."""
