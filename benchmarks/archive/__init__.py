"""An artificial hospital archive: ordinary patients, and rare ones planted in wordings that no lexicon has."""
