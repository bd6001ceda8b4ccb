"""What the catalogue says of itself to other machines: `data.json`, DCAT-AP, and the texts they are written in."""
