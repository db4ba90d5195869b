"""What other tools run: CI workflows."""
