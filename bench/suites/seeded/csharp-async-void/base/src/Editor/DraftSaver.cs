using System;
using System.Threading;
using System.Threading.Tasks;

namespace Editor;

public sealed class DraftSaver
{
    private readonly IDraftStore _store;

    public DraftSaver(IDraftStore store) => _store = store;

    public bool HasDraft(string document) => _store.Exists(document);
}
