"""What was measured: metric, statistic, value, n, window, condition and source."""
