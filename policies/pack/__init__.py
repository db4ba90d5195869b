"""The policy pack: from what Pulumi registers to the subjects that policies know, and from verdicts to what Pulumi shows."""
