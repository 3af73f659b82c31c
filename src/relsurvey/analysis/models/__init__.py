"""Factor models and what they rest on: by maximum likelihood, and of answers in steps."""
