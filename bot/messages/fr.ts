import type { Billing, Messages, NoticeFacts } from './texts.ts';

const tous = {
  day: ['tous les jours', 'tous les', 'jours'],
  week: ['toutes les semaines', 'toutes les', 'semaines'],
  month: ['tous les mois', 'tous les', 'mois'],
  year: ['tous les ans', 'tous les', 'ans'],
} as const;
const facturation = ({ interval, count }: Billing) => {
  const [un, chaque, plusieurs] = tous[interval];
  return count === 1 ? un : `${chaque} ${count} ${plusieurs}`;
};

const abonnement = ({ plan }: NoticeFacts) =>
  plan === undefined ? 'Votre abonnement' : `Votre abonnement **${plan}**`;
const majuscule = (texte: string) => texte.slice(0, 1).toUpperCase() + texte.slice(1);
const avant = ({ effectiveAt }: NoticeFacts) => (effectiveAt === undefined ? '' : ` avant le ${effectiveAt}`);
const minuscule = (texte: string) => texte.slice(0, 1).toLowerCase() + texte.slice(1);
const facture = ({ billing }: NoticeFacts) => (billing === undefined ? '' : ` Il est facturé ${facturation(billing)}.`);
const formuleFacturee = ({ billing }: NoticeFacts) =>
  billing === undefined ? '' : ` Elle est facturée ${facturation(billing)}.`;
const quand = ({ effectiveAt }: NoticeFacts) =>
  effectiveAt === undefined ? ' dans quelques jours' : ` le ${effectiveAt}`;
const debit = ({ price }: NoticeFacts) => (price === undefined ? '' : ` Vous serez débité de ${price}.`);
const depuis = ({ effectiveAt }: NoticeFacts) =>
  effectiveAt === undefined ? '' : ` Date d’effet\u00a0: ${effectiveAt}.`;

const state = {
  active: 'Actif',
  trial: 'Essai gratuit',
  ending: 'Résiliation programmée',
  collection_paused: 'Actif, facturation en pause',
  late: 'Paiement en retard',
  confirm: 'Paiement à confirmer',
  lapsed: 'Suspendu, paiement en retard',
  unpaid: 'Suspendu, impayé',
  paused: 'En pause',
  incomplete: 'Premier paiement inachevé',
  ended: 'Terminé',
  other: 'Inconnu',
} as const;

const date = {
  active: 'Renouvellement',
  trial: 'Fin de l’essai',
  ending: 'Fin',
  collection_paused: 'Reprise de la facturation',
  late: 'À payer avant le',
  confirm: 'À confirmer avant le',
  incomplete: 'Expire le',
  ended: 'Terminé le',
} as const;

export const fr: Messages = {
  notices: {
    subscription_created: (facts) => ({
      title: facts.plan === undefined ? 'Votre abonnement est actif' : `Bienvenue dans ${facts.plan}`,
      description: `${abonnement(facts)} est actif.${facture(facts)}${depuis(facts)} Merci de soutenir Moddy\u00a0!`,
    }),
    subscription_cancelled: (facts) => ({
      title: 'Votre abonnement a pris fin',
      description: `${abonnement(facts)} a pris fin.${depuis(facts)} Merci d’avoir soutenu Moddy. Vous pouvez revenir quand vous voulez.`,
    }),
    plan_upgraded: (facts) => ({
      title: facts.plan === undefined ? 'Vous passez à une formule supérieure' : `Vous passez à ${facts.plan}`,
      description:
        facts.plan === undefined
          ? `Vous avez maintenant une formule supérieure.${formuleFacturee(facts)}${depuis(facts)} Merci de soutenir Moddy\u00a0!`
          : `Vous avez maintenant la formule **${facts.plan}** et tous ses avantages.${formuleFacturee(facts)}${depuis(facts)} Merci de soutenir Moddy\u00a0!`,
    }),
    plan_downgraded: (facts) => ({
      title: facts.plan === undefined ? 'Votre formule a changé' : `Vous passez à ${facts.plan}`,
      description:
        facts.plan === undefined
          ? `Vous avez changé de formule.${formuleFacturee(facts)}${depuis(facts)} Vous pouvez en changer à tout moment.`
          : `Vous avez maintenant la formule **${facts.plan}**.${formuleFacturee(facts)}${depuis(facts)} Vous pouvez en changer à tout moment.`,
    }),
  },
  changes: {
    cancellation_scheduled: (facts) => ({
      title: 'Résiliation programmée',
      description: `${abonnement(facts)} prendra fin ${facts.effectiveAt === undefined ? 'au terme de la période déjà payée' : `le ${facts.effectiveAt}`}. D’ici là, rien ne change.`,
    }),
    cancellation_withdrawn: (facts) => ({
      title: 'Votre abonnement continue',
      description: `${abonnement(facts)} continue\u00a0: la résiliation prévue est annulée. Merci de votre fidélité\u00a0!`,
    }),
    interval_changed: (facts) => ({
      title: 'Votre facturation a changé',
      description:
        facts.billing === undefined
          ? `La fréquence de facturation de votre abonnement a changé.${depuis(facts)}`
          : `${abonnement(facts)} est désormais facturé ${facturation(facts.billing)}.${depuis(facts)}`,
    }),
    payment_late: (facts) =>
      facts.actionRequired
        ? {
            title: 'Confirmez votre paiement',
            description: `Votre banque vous demande de confirmer le paiement de ${minuscule(abonnement(facts))}. Pour conserver votre formule, confirmez-le${avant(facts)}.`,
          }
        : {
            title: 'Votre paiement n’a pas abouti',
            description: `Le paiement de ${minuscule(abonnement(facts))} n’a pas abouti. Pour conserver votre formule, réglez-le${avant(facts)}.`,
          },
    payment_recovered: (facts) => ({
      title: 'Paiement reçu',
      description: `Votre paiement est bien arrivé et ${minuscule(abonnement(facts))} continue. Merci\u00a0!`,
    }),
    resumed: (facts) => ({
      title: 'Votre abonnement reprend',
      description: `${abonnement(facts)} est de nouveau actif.${facture(facts)}${depuis(facts)} Bon retour parmi nous\u00a0!`,
    }),
    renewal_soon: (facts) => ({
      title: 'Votre abonnement se renouvelle bientôt',
      description: `${abonnement(facts)} se renouvelle${quand(facts)}.${debit(facts)} Pour le modifier ou le résilier, ouvrez votre compte avant cette date.`,
    }),
    trial_ending: (facts) => ({
      title: 'Votre essai gratuit se termine bientôt',
      description: `Votre essai gratuit${facts.plan === undefined ? '' : ` de **${facts.plan}**`} se termine${quand(facts)}.${debit(facts)} Si vous ne souhaitez pas continuer, résiliez avant cette date : vous ne paierez rien.`,
    }),
    granted: (facts) => ({
      title: facts.plan === undefined ? 'Une formule vous est offerte' : `${facts.plan} vous est offert`,
      description: `L’équipe vous offre ${facts.plan === undefined ? 'une formule' : `la formule **${facts.plan}**`}${facts.effectiveAt === undefined ? '' : ` jusqu’au ${facts.effectiveAt}`}. Vous n’avez rien à payer.`,
    }),
    grant_ended: (facts) => ({
      title: 'Votre formule offerte a pris fin',
      description: `La formule que l’équipe vous avait offerte a pris fin.${facts.plan === undefined ? '' : ` Vous avez maintenant la formule **${facts.plan}**.`} Merci d’être parmi nous.`,
    }),
    other: (facts) => ({
      title: 'Votre abonnement a changé',
      description: `${abonnement(facts)} a été mis à jour.${facture(facts)}${depuis(facts)}`,
    }),
  },
  buttons: {
    manage: 'Gérer mon abonnement',
    pay: 'Payer maintenant',
    confirm: 'Confirmer le paiement',
    finish: 'Terminer le paiement',
    resume: 'Reprendre mon abonnement',
    keep: 'Garder mon abonnement',
    plans: 'Voir les formules',
    join: 'Rejoindre le serveur',
  },
  footer: (reference) => `Moddy · réf. ${reference}`,
  commands: {
    userinfo: { name: 'infos', description: 'Ce que Moddy sait de votre compte' },
    userinfoUser: { name: 'membre', description: 'Un autre membre (réservé à la gestion du serveur)' },
    subscription: { name: 'abonnement', description: 'Votre abonnement Moddy' },
    accountTitle: 'Votre compte',
    otherAccountTitle: 'Compte d’un membre',
    noAccount: 'Vous n’avez pas de compte sur le site.',
    noAccountOther: 'Ce membre n’a pas de compte sur le site.',
    notAllowed: 'Il faut la permission de gérer le serveur pour voir le compte d’un autre membre.',
    backendDown: 'Désolé, le site ne répond pas pour le moment. Réessayez dans quelques minutes.',
    unknownCommand: 'Cette commande n’existe plus. Rechargez Discord et réessayez.',
    subscriptionTitle: 'Votre abonnement',
    noSubscription: 'Vous n’avez pas d’abonnement.',
    noPlan: 'aucune',
    fields: {
      discordId: 'Identifiant Discord',
      email: 'Adresse e-mail',
      createdAt: 'Créé le',
      updatedAt: 'Modifié le',
      plan: 'Formule',
      status: 'État',
      interval: 'Facturation',
    },
    state,
    date,
    billed: (billing) => majuscule(facturation(billing)),
  },
};
