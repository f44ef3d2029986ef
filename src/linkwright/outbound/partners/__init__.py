"""Partners: who is asked (`market`), what of it is asked anew and when (`desk`), and how (`standard`)."""
