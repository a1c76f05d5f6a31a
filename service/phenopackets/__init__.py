"""GA4GH Phenopackets, version 2: read to cases and told of them, as JSON and as protobuf."""
