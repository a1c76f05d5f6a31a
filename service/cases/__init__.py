"""Kept cases: what is done to them, by whom, under which consent; every view and change leaves a link in the trail."""
