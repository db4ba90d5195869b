"""Recover a stack after a killed update: adopt what the cloud made and the state lost, settle what hangs, say what was done."""
