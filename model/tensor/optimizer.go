package tensor

// AdamW holds the numbers of one step of AdamW (Loshchilov & Hutter 2019,
// algorithm 2), with the decay scaled by the learning rate as in PyTorch:
//
//	m = β1·m + (1-β1)·g;  v = β2·v + (1-β2)·g²
//	w = w·(1 - lr·decay) - lr·(m/(1-β1^step))/(√(v/(1-β2^step)) + eps)
type AdamW struct {
	LR, Beta1, Beta2, Eps, WeightDecay float32
	Step                               int // from 1 on
}

// Muon holds the numbers of one step of a matrix w (R,C) under Muon (Jordan et
// al. 2024): Nesterov's momentum, whose direction is made orthogonal before it
// is taken:
//
//	m = μ·m + g;  u = orthogonal(g + μ·m);  w = w·(1 - lr·decay) - lr·√max(1, R/C)·u
//
// orthogonal is MuonSteps steps of a quintic Newton–Schulz iteration, whose
// coefficients were chosen for speed: singular values end between about 0.7 and
// 1.2 rather than at 1:
//
//	X = G/(‖G‖ + 1e-7);  each step:  A = X·Xᵀ;  X = a·X + (b·A + c·A²)·X
type Muon struct {
	LR, Momentum, WeightDecay float64
}

// What the iteration of Muon is made of.
const (
	MuonSteps = 5
	MuonA     = 3.4445
	MuonB     = -4.7750
	MuonC     = 2.0315
)
