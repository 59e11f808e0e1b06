using System.Collections;

namespace EspForge.Ota;

/// <summary>A device's place in a cohort.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="Hash">Its rank, 64 lower-case hex digits.</param>
/// <param name="Stage">Index of its stage.</param>
public readonly record struct CohortMember(string DeviceId, string Hash, int Stage);

/// <summary>The cohort of a new rollout: its stages with sizes and thresholds, and who is in them.</summary>
public sealed class FrozenCohort
{
    private readonly CohortRanking _ranking;

    internal FrozenCohort(CohortRanking ranking, IReadOnlyList<RolloutStage> stages)
    {
        _ranking = ranking;
        Stages = stages;
    }

    /// <summary>Devices, each once.</summary>
    public int Count => _ranking.Count;

    /// <summary>The stages, none of them started. A stage that gains no device has size 0 and the threshold of the one before it.</summary>
    public IReadOnlyList<RolloutStage> Stages { get; }

    /// <summary>The members by rank, one at a time: nothing is kept.</summary>
    public IEnumerable<CohortMember> Members()
    {
        using var hasher = _ranking.NewHasher();
        var hash = new byte[Cohort.HashBytes];
        var rank = 0;
        for (var stage = 0; stage < Stages.Count; stage++)
        {
            for (var end = rank + Stages[stage].Size; rank < end; rank++)
            {
                _ranking.Hash(rank, hash, hasher);
                yield return new CohortMember(_ranking.Id(rank), Convert.ToHexStringLower(hash), stage);
            }
        }
    }

    /// <summary>The members for <see cref="IRolloutStore.AddAsync"/>, waiting, by rank. A view: each element is made when it is asked for, so that a store may write in batches.</summary>
    public IReadOnlyList<RolloutMember> ToMembers(Guid rolloutId) => new MemberView(this, rolloutId);

    private CohortMember Member(int rank, int stage)
    {
        Span<byte> hash = stackalloc byte[Cohort.HashBytes];
        _ranking.Hash(rank, hash);
        return new CohortMember(_ranking.Id(rank), Convert.ToHexStringLower(hash), stage);
    }

    private sealed class MemberView(FrozenCohort cohort, Guid rolloutId) : IReadOnlyList<RolloutMember>
    {
        public int Count => cohort.Count;

        public RolloutMember this[int index]
        {
            get
            {
                ArgumentOutOfRangeException.ThrowIfNegative(index);
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, cohort.Count);
                var stage = 0;
                for (var end = cohort.Stages[0].Size; index >= end; end += cohort.Stages[stage].Size) stage++;
                return ToMember(cohort.Member(index, stage));
            }
        }

        public IEnumerator<RolloutMember> GetEnumerator() => cohort.Members().Select(ToMember).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        private RolloutMember ToMember(CohortMember member) => new()
        {
            RolloutId = rolloutId,
            DeviceId = member.DeviceId,
            Hash = member.Hash,
            Stage = member.Stage,
            State = OfferState.Waiting,
        };
    }
}
