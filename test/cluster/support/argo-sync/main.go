// Command argo-sync syncs a file of manifests as Argo CD's controller does: it looks again each second, with what the last look left, until the sync has
// succeeded or failed, its hooks included.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/argoproj/gitops-engine/pkg/cache"
	"github.com/argoproj/gitops-engine/pkg/sync"
	"github.com/argoproj/gitops-engine/pkg/sync/common"
	"github.com/argoproj/gitops-engine/pkg/utils/kube"
	"github.com/argoproj/gitops-engine/pkg/utils/tracing"
	"github.com/go-logr/logr"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/tools/clientcmd"
)

// What marks the objects of the one application.
const owner = "argo-sync.test/application"

type info struct{ ours bool }

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "argo-sync:", err)
		os.Exit(1)
	}
}

func run() error {
	objects, err := read(os.Args[1])
	if err != nil {
		return err
	}
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		return err
	}
	live := cache.NewClusterCache(config, cache.SetLogr(logr.Discard()),
		cache.SetPopulateResourceInfoHandler(func(object *unstructured.Unstructured, _ bool) (any, bool) {
			ours := object.GetAnnotations()[owner] != ""
			return &info{ours}, ours
		}))
	if err := live.EnsureSynced(); err != nil {
		return err
	}
	kubectl := &kube.KubectlCmd{Log: logr.Discard(), Tracer: tracing.NopTracer{}}

	phase, message, results, since := common.OperationRunning, "", []common.ResourceSyncResult{}, metav1.Now()
	for ; ; time.Sleep(time.Second) {
		managed, err := live.GetManagedLiveObjs(objects, func(r *cache.Resource) bool { return r.Info.(*info).ours })
		if err != nil {
			return err
		}
		syncing, done, err := sync.NewSyncContext("HEAD", sync.Reconcile(objects, managed, "default", live), config, config, kubectl, "default",
			live.GetOpenAPISchema(), sync.WithInitialState(phase, message, results, since), sync.WithLogr(logr.Discard()))
		if err != nil {
			return err
		}
		syncing.Sync()
		phase, message, results = syncing.GetState()
		done()
		if phase.Completed() {
			break
		}
	}
	for _, result := range results {
		fmt.Println(result.Status, result.HookPhase, result.ResourceKey.String(), result.Message)
	}
	fmt.Println(phase, message)
	if phase != common.OperationSucceeded {
		return errors.New(message)
	}
	return nil
}

func read(path string) ([]*unstructured.Unstructured, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var objects []*unstructured.Unstructured
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	for {
		object := &unstructured.Unstructured{}
		if err := decoder.Decode(&object.Object); errors.Is(err, io.EOF) {
			return objects, nil
		} else if err != nil {
			return nil, err
		}
		if object.Object == nil {
			continue
		}
		annotations := object.GetAnnotations()
		if annotations == nil {
			annotations = map[string]string{}
		}
		annotations[owner] = "one"
		object.SetAnnotations(annotations)
		objects = append(objects, object)
	}
}
