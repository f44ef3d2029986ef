"""The scenarios that have a name: each is a folder with a `scenario.yaml`."""
