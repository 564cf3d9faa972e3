"""What does Windows itself say? Its registry, its libraries, and WMI for what only WMI knows; one module by subject."""
