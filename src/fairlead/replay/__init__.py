"""What a policy would have made of the changes that a repository has had."""
