"""How finished pages get into the site, and how it is told what became of a build."""
