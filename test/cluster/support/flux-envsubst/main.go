// Flux's own substitution, as its kustomize-controller runs it with `postBuild`: a JSON array of texts in, one of results out.
package main

import (
	"encoding/json"
	"log"
	"os"

	"github.com/fluxcd/pkg/envsubst"
)

type question struct {
	Texts     []string          `json:"texts"`
	Variables map[string]string `json:"variables"`
}

type result struct {
	Text  string `json:"text"`
	Error string `json:"error,omitempty"`
}

func main() {
	var asked question
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		log.Fatal(err)
	}
	results := make([]result, 0, len(asked.Texts))
	for _, text := range asked.Texts {
		out, err := envsubst.Eval(text, func(name string) (string, bool) { return asked.Variables[name], true })
		if err != nil {
			results = append(results, result{Error: err.Error()})
		} else {
			results = append(results, result{Text: out})
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(results); err != nil {
		log.Fatal(err)
	}
}
