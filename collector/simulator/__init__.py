"""What would a nation of schools do to this collector? An invented fleet: real keys, real protocol, plausible facts."""
