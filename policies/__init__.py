"""The policies, and the Pulumi policy pack that asks them about resources."""
