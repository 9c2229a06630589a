package handoff

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"hornbook/model/checkpoint/layout"
	"hornbook/model/format"
	"hornbook/model/recipe"
)

// settingsFiles are for TRL, and accelerate that starts it, where Hugging Face have a
// form for the model.
func settingsFiles(r Run) []format.Written {
	name, settings := trl(r)
	if name == "" {
		return nil
	}
	return []format.Written{file("trl/"+name+".yaml", []byte(settings)), file("trl/accelerate.yaml", []byte(accelerate)), file("trl/fsdp2.yaml", []byte(strings.Replace(accelerate, "distributed_type: MULTI_GPU\n", fsdp2, 1)))}
}

// trl are the settings of r's objective and TRL's name for it, "" where transformers
// cannot load the model.
func trl(r Run) (name, text string) {
	if f, _ := layout.FamilyOf(r.Recipe.Model); f == "" {
		return "", ""
	}
	y := &yaml{}
	switch r.Recipe.Objective {
	case recipe.LM:
		name = "sft"
	case recipe.Distill:
		name = "distillation"
	default:
		name = r.Recipe.Objective
	}
	begin := "trl " + name + " --config " + name + ".yaml --accelerate_config accelerate.yaml"
	if name == recipe.GRPO {
		begin = "PYTHONPATH=.. " + begin
	}
	y.say("%s, in this folder. Other batches and other draws than Hornbook's: like it, not the same.", begin)
	if r.Recipe.Optimizer == "muon" {
		y.say("The recipe moves the blocks by Muon, at a rate of %v; here AdamW does.", r.Recipe.MuonRate)
	}
	if r.Step > 0 {
		y.say("From the weights after step %d; the moments are left behind.", r.Step)
	}
	y.common(r)
	switch r.Recipe.Objective {
	case recipe.SFT:
		y.put("assistant_only_loss", true)
		y.put("packing", true)
	case recipe.LM:
		y.put("packing", true)
	case recipe.DPO:
		y.dpo(r.Recipe.Preferences)
	case recipe.GRPO:
		y.grpo(r.Recipe.Rewards)
	case recipe.Distill:
		y.distill(r.Recipe.Distillation)
	}
	y.adapter(r)
	return name, y.String()
}

// yaml is settings while they are written; values are JSON's, which YAML reads too.
type yaml struct{ strings.Builder }

func (y *yaml) say(text string, args ...any) { fmt.Fprintf(y, "# "+text+"\n", args...) }

func (y *yaml) put(key string, value any) {
	text, _ := json.Marshal(value) // numbers and words: no error
	fmt.Fprintf(y, "%s: %s\n", key, text)
}

func (y *yaml) common(r Run) {
	rec := r.Recipe
	data, reads := "../data/"+sourceName(rec), "json"
	switch rec.Objective {
	case recipe.LM, recipe.Distill:
		reads = "text"
	case recipe.GRPO:
		data = "../data/prompts.jsonl"
	}
	y.put("model_name_or_path", "../run")
	fmt.Fprintf(y, "datasets:\n  - path: %s\n    data_files: %s\n", reads, data)
	y.put("output_dir", "../trl-out")
	y.put("max_steps", max(1, rec.Steps-r.Step))
	y.put("per_device_train_batch_size", rec.Batch)
	y.put("learning_rate", rec.LearningRate)
	y.put("lr_scheduler_type", rec.Schedule)
	y.put("warmup_steps", max(0, rec.WarmUp-r.Step))
	y.put("weight_decay", rec.WeightDecay)
	y.put("adam_beta1", rec.Beta1)
	y.put("adam_beta2", rec.Beta2)
	y.put("max_grad_norm", rec.Clip)
	y.put("seed", rec.Seed)
	y.put("logging_steps", max(1, rec.Steps/100))
	if rec.Objective != recipe.GRPO {
		y.put("max_length", rec.Model.Context)
	}
}

func (y *yaml) dpo(p recipe.Preferences) {
	y.put("loss_type", p.Loss)
	y.put("beta", p.Beta)
	if p.Loss == "robust" {
		y.put("label_smoothing", p.Smoothing)
	}
}

func (y *yaml) grpo(w recipe.Rewards) {
	y.put("reward_funcs", []string{"verifier.trl_reward"})
	y.put("num_generations", w.Group)
	y.put("max_completion_length", w.ReplyMost)
	y.put("temperature", w.Heat)
	y.put("loss_type", w.Loss)
	y.put("scale_rewards", map[bool]string{true: "group", false: "none"}[w.Scale])
	y.put("beta", w.KL)
	y.put("epsilon", w.ClipLow)
	y.put("epsilon_high", w.ClipHigh)
	y.put("num_iterations", w.Updates)
	y.put("mask_truncated_completions", w.LeaveCut)
}

func (y *yaml) distill(d recipe.Distillation) {
	y.put("teacher_model_name_or_path", "../teacher")
	y.put("beta", d.Beta)
	y.put("lmbda", d.Lambda)
	y.put("temperature", d.Temperature)
}

// adapter is LoRA's, by PEFT's names of the matrices.
func (y *yaml) adapter(r Run) {
	l, has := r.Model.Adapter()
	if !has {
		return
	}
	var targets []string
	for _, pair := range layout.AdapterAt(r.Model) {
		module, _, _ := strings.Cut(pair[0], ".lora_")
		if end := module[strings.LastIndex(module, ".")+1:]; !slices.Contains(targets, end) {
			targets = append(targets, end)
		}
	}
	y.put("use_peft", true)
	y.put("lora_r", l.Rank)
	y.put("lora_alpha", l.Alpha)
	y.put("lora_dropout", l.Dropout)
	y.put("lora_target_modules", targets)
}

const accelerate = `# Eight GPUs of one machine; num_machines, machine_rank, main_process_ip for more.
compute_environment: LOCAL_MACHINE
distributed_type: MULTI_GPU
mixed_precision: bf16
num_machines: 1
machine_rank: 0
num_processes: 8
main_training_function: main
rdzv_backend: static
same_network: true
use_cpu: false
`

const fsdp2 = `distributed_type: FSDP
fsdp_config:
  fsdp_version: 2
  fsdp_auto_wrap_policy: TRANSFORMER_BASED_WRAP
  fsdp_reshard_after_forward: true
  fsdp_state_dict_type: FULL_STATE_DICT
`
