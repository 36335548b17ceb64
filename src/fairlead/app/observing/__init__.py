"""What whoever runs a platform sees of it: health, metrics, logs."""
