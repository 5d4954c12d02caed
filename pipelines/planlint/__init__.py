"""What plans say, held against their module, against each other and against rules of planning."""
