"""How appointments ended: the questions, the answers, disputes and corrections."""
