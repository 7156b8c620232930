console.log(`
the manifests: examples/marathon/dist/*.k8s.yaml; to apply them, in the namespace that they are for:

  kubectl -n marathon delete jobs -l cdk8s-prewarm/role=arm --ignore-not-found
  kubectl apply -f examples/marathon/dist
  npx prewarm wait -n marathon

a deploy whose arm job fails is a failed deploy: docs/deploying.md
`);
