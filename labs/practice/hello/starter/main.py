# Prints hello.
