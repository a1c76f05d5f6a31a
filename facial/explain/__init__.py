"""Where in a face an answer comes from: heat, found by laying the average face over its parts, and pictures of it."""
