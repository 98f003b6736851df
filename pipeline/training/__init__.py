"""The training loop that pre-training and fine-tuning share: batches, schedule, checkpoints."""
