"""What each cause means, what tells it from its neighbours, and who acts: the words of checks that have many causes."""
