using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EspForge.Ota;

/// <summary>
/// Device ids in the order of their rank hashes, packed: ids as UTF-8 in blocks, and a 64-bit prefix of each hash to sort by. Whole hashes are computed again
/// where they are needed, which is cheaper than 32 bytes a device.
/// </summary>
internal sealed class CohortRanking(byte[] salt) : IDisposable
{
    private const int BlockBytes = 1 << 20;

    private readonly CohortHasher _hasher = new(salt);
    private readonly List<byte[]> _blocks = [];
    private int _room;
    private int _used;

    // Block number in the upper part of an address, offset in the lower; the id's length is the byte at the address.
    private ulong[] _prefixes = new ulong[1_024];
    private uint[] _addresses = new uint[1_024];

    public int Count { get; private set; }

    /// <summary>Takes a device; <see langword="false"/> when there are too many. Throws for an id that is none.</summary>
    public bool Add(string deviceId)
    {
        if (Count == Cohort.MaximumDevices) return false;
        Span<byte> id = stackalloc byte[Cohort.MaximumDeviceIdBytes];
        var length = Cohort.IdBytes(deviceId, id);
        if (length == 0) throw new ArgumentException($"'{deviceId}' is no device id: it has 1 to 64 bytes.", nameof(deviceId));
        id = id[..length];

        if (_room < length + 1)
        {
            _blocks.Add(new byte[BlockBytes]);
            _room = BlockBytes;
            _used = 0;
        }

        if (Count == _prefixes.Length)
        {
            // By half, not by two: with the copy at hand the peak stays small.
            var size = Math.Min(Count + (Count / 2), Cohort.MaximumDevices);
            Array.Resize(ref _prefixes, size);
            Array.Resize(ref _addresses, size);
        }

        var block = _blocks[^1];
        block[_used] = (byte)length;
        id.CopyTo(block.AsSpan(_used + 1));
        _addresses[Count] = ((uint)(_blocks.Count - 1) * BlockBytes) + (uint)_used;
        _used += length + 1;
        _room -= length + 1;

        Span<byte> hash = stackalloc byte[Cohort.HashBytes];
        _hasher.Hash(id, hash);
        _prefixes[Count++] = BinaryPrimitives.ReadUInt64BigEndian(hash);
        return true;
    }

    /// <summary>Orders by hash and drops ids that came twice.</summary>
    public void Sort()
    {
        Array.Sort(_prefixes, _addresses, 0, Count);
        var kept = 0;
        for (var i = 0; i < Count;)
        {
            var end = i + 1;
            while (end < Count && _prefixes[end] == _prefixes[i]) end++;
            if (end - i == 1)
            {
                _prefixes[kept] = _prefixes[i];
                _addresses[kept++] = _addresses[i];
            }
            else
            {
                // The same prefix: nearly always the same device twice, else decided by the whole hash.
                var prefix = _prefixes[i];
                var same = _addresses[i..end].Select(a => (Hash: HashAt(a), Address: a)).DistinctBy(e => e.Hash, StringComparer.Ordinal).OrderBy(e => e.Hash, StringComparer.Ordinal);
                foreach (var (_, address) in same)
                {
                    _prefixes[kept] = prefix;
                    _addresses[kept++] = address;
                }
            }

            i = end;
        }

        Count = kept;
        _prefixes = [];
    }

    public string Id(int rank) => Encoding.UTF8.GetString(IdAt(_addresses[rank]));

    public void Hash(int rank, Span<byte> hash) => Cohort.Rank(salt, IdAt(_addresses[rank]), hash);

    /// <summary>As the other, for many in a row.</summary>
    public void Hash(int rank, Span<byte> hash, CohortHasher hasher) => hasher.Hash(IdAt(_addresses[rank]), hash);

    /// <summary>For a reader of many: not shared between threads.</summary>
    public CohortHasher NewHasher() => new(salt);

    /// <summary>Ends the taking of devices; what was ranked stays.</summary>
    public void Dispose() => _hasher.Dispose();

    private string HashAt(uint address)
    {
        Span<byte> hash = stackalloc byte[Cohort.HashBytes];
        Cohort.Rank(salt, IdAt(address), hash);
        return Convert.ToHexStringLower(hash);
    }

    private ReadOnlySpan<byte> IdAt(uint address)
    {
        var block = _blocks[(int)(address / BlockBytes)];
        var offset = (int)(address % BlockBytes);
        return block.AsSpan(offset + 1, block[offset]);
    }
}

/// <summary>SHA-256(salt ‖ id) many times over: one native context for all, which costs half of a fresh one for each. Of one thread.</summary>
internal sealed class CohortHasher : IDisposable
{
    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _message;
    private readonly int _saltBytes;

    public CohortHasher(byte[] salt)
    {
        _saltBytes = salt.Length;
        _message = new byte[salt.Length + Cohort.MaximumDeviceIdBytes];
        salt.CopyTo(_message, 0);
    }

    public void Hash(ReadOnlySpan<byte> id, Span<byte> hash)
    {
        id.CopyTo(_message.AsSpan(_saltBytes));
        _sha256.AppendData(_message.AsSpan(0, _saltBytes + id.Length));
        _sha256.GetHashAndReset(hash);
    }

    public void Dispose() => _sha256.Dispose();
}
