------------------------------ MODULE TeeRider ------------------------------
(* A peer to measure against: TEE-Rider's DAG layer, n = 3, quorum 2.         *)
(* USIG FIFO broadcast: vertex <<p,r>> is unique; it is identified with the   *)
(* set of creators of its strong parents (round r-1).                         *)
(*   edges[p][r] = creators of the strong parents of p's round-r vertex       *)
(*   seen[p][q]  = number of q's vertices that p has inserted (FIFO)          *)
(* Coin: the invariants quantify over EVERY leader choice (no coin state).    *)
EXTENDS Naturals, Sequences, FiniteSets, TLC
CONSTANTS P,        \* processes
          Q,        \* quorum (f+1)
          MaxR,     \* last round
          WaveLen,  \* 4
          Causal,   \* TRUE: insert only when all strong parents are inserted
          Byz       \* processes that may choose any >= Q existing parents
VARIABLES edges, seen
vars == <<edges, seen>>
W == (MaxR \div WaveLen)
First(w) == WaveLen*(w-1) + 1
Last(w)  == WaveLen*w
Perms == Permutations(P)
Correct == P \ Byz

Init == /\ edges = [p \in P |-> <<>>]
        /\ seen  = [p \in P |-> [q \in P |-> 0]]

Create(p) ==
  LET r == Len(edges[p]) IN
  /\ p \notin Byz
  /\ r < MaxR
  /\ LET H == IF r = 0 THEN {} ELSE {q \in P : seen[p][q] >= r} IN
     /\ r > 0 => Cardinality(H) >= Q
     /\ edges' = [edges EXCEPT ![p] = Append(@, H)]
     /\ seen'  = [seen EXCEPT ![p][p] = r + 1]

ByzCreate(p) ==
  LET r == Len(edges[p]) IN
  /\ p \in Byz
  /\ r < MaxR
  /\ \E H \in SUBSET {q \in P : Len(edges[q]) >= r} :
     /\ IF r = 0 THEN H = {} ELSE Cardinality(H) >= Q
     /\ edges' = [edges EXCEPT ![p] = Append(@, H)]
     /\ UNCHANGED seen

Deliver(p, q) ==
  LET k == seen[p][q] IN
  /\ p # q /\ p \notin Byz
  /\ k < Len(edges[q])
  /\ Causal => \A x \in edges[q][k+1] : seen[p][x] >= k
  /\ seen' = [seen EXCEPT ![p][q] = k + 1]
  /\ UNCHANGED edges

Next == \E p \in P : Create(p) \/ ByzCreate(p) \/ \E q \in P : Deliver(p, q)
Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
RECURSIVE Anc(_, _, _)   \* creators of round-s vertices strongly reached from S at round r
Anc(S, r, s) == IF r = s THEN S ELSE Anc(UNION {edges[x][r] : x \in S}, r-1, s)

Direct(p, w, l) == \* p commits wave w if its leader is l
  Cardinality({q \in P : seen[p][q] >= Last(w) /\ l \in Anc({q}, Last(w), First(w))}) >= Q

\* all <<wave, leader>> some correct process commits directly under a coin that picks that leader
DSet == {x \in (1..W) \X P :
          /\ Cardinality({q \in P : Len(edges[q]) >= Last(x[1])}) >= Q
          /\ \E p \in Correct : Direct(p, x[1], x[2])}

\* For every coin outcome: a leader committed directly in wave w1 is in the walk-back of
\* every leader committed directly in a later wave w2 (=> committed prefixes agree).
Agr(D) == \A x, y \in D : x[1] < y[1] => x[2] \in Anc({y[2]}, First(y[1]), First(x[1]))
\* a directly committed leader is reached by every vertex of the following round
Key(D) == \A x \in D : \A q \in P :
            Len(edges[q]) > Last(x[1]) => x[2] \in Anc({q}, Last(x[1])+1, First(x[1]))
Safe == LET D == TLCEval(DSet) IN D = {} \/ (Key(D) /\ Agr(D))

FifoOK == \A p, q \in P : seen[p][q] <= Len(edges[q])
NotCommitted == DSet = {}   \* expected to be VIOLATED (non-vacuity)
-----------------------------------------------------------------------------
(* Literal definition (slow in TLC; equivalent to Agr for two waves): committed prefix of p. *)
Max0(S) == IF S = {} THEN 0 ELSE CHOOSE x \in S : \A y \in S : y <= x
Top(p, L) == Max0({w \in 1..W : Direct(p, w, L[w])})
RECURSIVE Walk(_, _, _)
Walk(L, c, w) ==
  IF w = 0 THEN {}
  ELSE IF L[w] \in Anc({L[c]}, First(c), First(w)) THEN {w} \cup Walk(L, w, w-1)
  ELSE Walk(L, c, w-1)
Committed(L, h) == IF h = 0 THEN {} ELSE {h} \cup Walk(L, h, h-1)
AgreementFull ==
  \A L \in [1..W -> P] : \A p, q \in Correct :
    LET hp == Top(p, L)  hq == Top(q, L) IN
    hp <= hq => Committed(L, hp) = {w \in Committed(L, hq) : w <= hp}
=============================================================================
