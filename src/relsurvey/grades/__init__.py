"""Relationships beside marks: what students say and the D's and F's they have, for schools alone."""
