using System.Diagnostics.CodeAnalysis;

namespace EspForge.Studio.Builds;

/// <summary>Why something was not queued.</summary>
internal enum FairQueueRefusal
{
    /// <summary>The user has as many waiting as they may.</summary>
    User,

    /// <summary>The organization has.</summary>
    Organization,

    /// <summary>The queue is full.</summary>
    Full,
}

/// <summary>
/// What waits, taken in turn over the users who wait: who asks for a hundred things holds up nobody who asks for one. Each user's own things keep their order.
/// Not safe for several threads.
/// </summary>
/// <typeparam name="T">What waits.</typeparam>
internal sealed class FairQueue<T>(int maxPerUser, int maxPerOrganization, int max)
{
    // Users with something waiting, the next one first.
    private readonly LinkedList<Line> _turns = new();
    private readonly Dictionary<(string Organization, string User), LinkedListNode<Line>> _lines = [];
    private readonly Dictionary<Guid, LinkedListNode<Line>> _items = [];
    private readonly Dictionary<string, int> _organizations = new(StringComparer.Ordinal);

    public int Count => _items.Count;

    /// <summary>Why this user's next thing would be refused, or <see langword="null"/>.</summary>
    public FairQueueRefusal? Check(string organization, string user)
    {
        if (_lines.TryGetValue((organization, user), out var line) && line.Value.Items.Count >= maxPerUser)
            return FairQueueRefusal.User;
        if (_organizations.GetValueOrDefault(organization) >= maxPerOrganization)
            return FairQueueRefusal.Organization;
        return _items.Count >= max ? FairQueueRefusal.Full : null;
    }

    /// <summary>Adds to the end of the user's line; a user who had none waits behind those who have.</summary>
    /// <exception cref="ArgumentException">The id waits already.</exception>
    public FairQueueRefusal? Add(Guid id, string organization, string user, T item)
    {
        if (Check(organization, user) is { } refusal)
            return refusal;
        if (_items.ContainsKey(id))
            throw new ArgumentException("This id waits already.", nameof(id));
        if (!_lines.TryGetValue((organization, user), out var line))
            _lines[(organization, user)] = line = _turns.AddLast(new Line(organization, user));
        line.Value.Items.AddLast((id, item));
        _items[id] = line;
        _organizations[organization] = _organizations.GetValueOrDefault(organization) + 1;
        return null;
    }

    /// <summary>Takes what comes next.</summary>
    public bool TryTake([MaybeNullWhen(false)] out T item)
    {
        item = default;
        if (_turns.First is not { } line)
            return false;
        (var id, item) = line.Value.Items.First!.Value;
        _turns.RemoveFirst();
        _turns.AddLast(line);
        Remove(id);
        return true;
    }

    /// <summary>Takes something out of its line; the others keep their order and turns.</summary>
    public bool Remove(Guid id)
    {
        if (!_items.Remove(id, out var line))
            return false;
        var items = line.Value.Items;
        for (var node = items.First; node is not null; node = node.Next)
        {
            if (node.Value.Id != id)
                continue;
            items.Remove(node);
            break;
        }

        if (items.Count == 0)
        {
            _turns.Remove(line);
            _lines.Remove((line.Value.Organization, line.Value.User));
        }

        var organization = line.Value.Organization;
        if (--_organizations[organization] == 0)
            _organizations.Remove(organization);
        return true;
    }

    /// <summary>How many are taken up to and with this one, if nothing is added: 1 = next. <see langword="null"/> when it does not wait.</summary>
    public int? PositionOf(Guid id)
    {
        if (!_items.TryGetValue(id, out var own))
            return null;
        var before = own.Value.Items.TakeWhile(item => item.Id != id).Count();
        var position = before + 1;
        var isAhead = true;
        for (var line = _turns.First; line is not null; line = line.Next)
        {
            // Who comes before in the turn is served once more until then.
            if (ReferenceEquals(line, own))
                isAhead = false;
            else
                position += Math.Min(line.Value.Items.Count, isAhead ? before + 1 : before);
        }

        return position;
    }

    private sealed class Line(string organization, string user)
    {
        public string Organization => organization;

        public string User => user;

        public LinkedList<(Guid Id, T Item)> Items { get; } = new();
    }
}
