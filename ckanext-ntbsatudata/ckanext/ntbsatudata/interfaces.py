"""What other extensions may implement for the platform."""
