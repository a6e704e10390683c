"""What is computed of groups and of fits: ICC, design effect, reliability, shrinkage, ranks, …"""
