"""Total orders without arithmetic, so that formulas stay in EPR."""

from itertools import pairwise

import z3


def total_order(less: z3.FuncDeclRef) -> z3.BoolRef:
    """The axiom that `less` is a strict total order of its sort."""
    x, y, z = z3.Consts("x y z", less.domain(0))
    transitive = z3.Implies(z3.And(less(x, y), less(y, z)), less(x, z))
    total = z3.Or(less(x, y), x == y, less(y, x))
    return z3.ForAll([x, y, z], z3.And(z3.Not(less(x, x)), transitive, total))


def successor(follows: z3.FuncDeclRef, less: z3.FuncDeclRef) -> z3.BoolRef:
    """The axiom that follows(x, y) puts y right after x; not every x needs to have such a y."""
    x, y, z = z3.Consts("x y z", less.domain(0))
    next_to = z3.And(less(x, y), z3.Not(z3.And(less(x, z), less(z, y))))
    return z3.ForAll([x, y, z], z3.Implies(follows(x, y), next_to))


def ascending(less: z3.FuncDeclRef, chain: list[z3.ExprRef]) -> z3.BoolRef:
    """The fact that these elements are ordered as they are listed."""
    ranks = list(enumerate(chain))
    return z3.And([less(a, b) if i < j else z3.Not(less(a, b)) for i, a in ranks for j, b in ranks])


def consecutive(follows: z3.FuncDeclRef, chain: list[z3.ExprRef]) -> z3.BoolRef:
    """The fact that each of these elements follows the one listed before it."""
    return z3.And([follows(a, b) for a, b in pairwise(chain)])
