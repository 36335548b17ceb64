"""What is being changed: git range, nature, size and proofs of inertness."""
