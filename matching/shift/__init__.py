"""Whether the notes and photos read here are like those that the accuracy figures were measured on."""
